/* Parts of a page that are only shown, as one component each (layouts/light.py): plain data drawn by React, which
   changes in place what has changed. And the placing of a part that the server drew again. */
(function () {
  "use strict";
  var React = window.React;

  /* [tag, attributes, children] or text to an element. */
  function element(part) {
    if (!Array.isArray(part)) { return part; }
    var children = part[2].map(element);
    return React.createElement.apply(null, [part[0] === "Link" ? Link : part[0], part[1]].concat(children));
  }

  /* A link between the pages one sits before: the address changes and no document is loaded, as with Dash's own. */
  function Link(given) {
    var props = Object.assign({}, given);
    props.onClick = function (event) {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
      event.preventDefault();
      window.history.pushState({}, "", props.href);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      window.scrollTo(0, 0);
    };
    return React.createElement("a", props);
  }

  function Light(props) {
    var root = props.tree;
    return element([root[0], Object.assign({ id: props.id }, root[1]), root[2]]);
  }

  /* What must change in what is shown to make it what is wanted: [[id, props], ...], or null where it is another. */
  function changes(shown, wanted) {
    if (Array.isArray(shown) && Array.isArray(wanted)) { return shown.length === wanted.length ? all(shown, wanted) : null; }
    if (!is_component(shown) || !is_component(wanted)) { return same(shown, wanted) ? [] : null; }
    if (shown.type !== wanted.type || shown.namespace !== wanted.namespace || !same(shown.props.id, wanted.props.id)) { return null; }
    var own = {};
    var names = new Set(Object.keys(shown.props).concat(Object.keys(wanted.props)));
    names.forEach(function (name) {
      if (name !== "children" && name in wanted.props && !same(shown.props[name], wanted.props[name])) { own[name] = wanted.props[name]; }
    });
    if (Object.keys(own).length && typeof wanted.props.id !== "string") { return null; }
    var inner = changes(shown.props.children, wanted.props.children);
    if (inner === null) {
      if (typeof wanted.props.id !== "string") { return null; }
      own.children = wanted.props.children;
      inner = [];
    }
    return (Object.keys(own).length ? [[wanted.props.id, own]] : []).concat(inner);
  }

  function all(shown, wanted) {
    var found = [];
    for (var place = 0; place < wanted.length; place++) {
      var more = changes(shown[place], wanted[place]);
      if (more === null) { return null; }
      found = found.concat(more);
    }
    return found;
  }

  function is_component(part) { return part !== null && typeof part === "object" && "props" in part && "type" in part; }
  function same(one, other) { return one === other || JSON.stringify(one) === JSON.stringify(other); }

  window.ten_days = Object.assign(window.ten_days || {}, { Light: Light });
  window.tenDaysLight = { changes: changes };
})();
