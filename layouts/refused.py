"""A page that is not this viewer's, where a link of Dash led to it."""

from dash import html

from layouts import plain
from layouts.view import View


def layout(view: View) -> html.Div:
    page = plain.refusal(view)
    ways = html.Nav([html.A(text, href=address) for address, text in page.links], className="period-links")
    return html.Div(html.Main([html.H1(page.title), *map(html.P, page.lines), ways]), className="desk refused")
