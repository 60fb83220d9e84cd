"""What administration says of a form: what is wrong with it, what was done, and what is asked before."""

from collections.abc import Mapping
from typing import Final

from layouts import message, plain

PROBLEMS: Final[Mapping[str, str]] = {
    **plain.PROBLEMS,
    "sent_twice": message("This form was sent already. Nothing was done a second time."),
    "redis_away": message("Nothing was changed: the server of the streams does not answer. Try again in a minute."),
    "bad_login": message("The login must have 1 to 120 characters and no spaces."),
    "bad_name": message("The name must have 1 to 80 characters."),
    "login_taken": message("There is an account with this login already."),
    "bad_role": message("There is no such role."),
    "bad_centre": message("There is no such centre, or the role is of none."),
    "last_administrator": message("This is the last administrator. Make another one first."),
    "no_account": message("There is no such account any more."),
    "bad_days": message("The number of days must be more than 0 and at most 3660; of the old token, 0 or more."),
    "bad_label": message("The label is too long: at most 80 characters."),
    "token_over": message("This token is no longer good. Make a new one."),
    "no_token": message("There is no such token."),
    "no_code": message("No screen shows this code now. Read it again: it changes every ten minutes."),
    "no_screen": message("There is no such screen."),
    "norm_member": message("There is no such norm or number."),
    "norm_value": message("The value is not one that this norm or threshold can have."),
    "norm_order": message("The second threshold must be worse than the first."),
    "norm_margin": message("The two thresholds are too near one another: the level would flicker."),
    "norm_same": message("This is what holds on that day already."),
    "norm_day": message("A change begins tomorrow at the earliest (after 23:45 the day after), and within ten years."),
    "norm_why": message("Say why, in 1 to 300 characters."),
    "norm_begun": message("This change cannot be taken back any more. A new change can follow it."),
    "recipient_name": message("Name: write 1 to 120 characters."),
    "recipient_role": message("Who: choose one of the list."),
    "recipient_centre": message("Who: of a director, the centre too. Choose one of the list."),
    "recipient_language": message("Language: choose one of the list."),
    "recipient_url": message(
        "Address: write mailto://, mailtos://, tgram://, json:// or jsons:// and what belongs to it, without spaces. "
        "It is not shown again: write it once more. Other kinds are put into the file by hand."
    ),
    "recipient_twice": message("There is this recipient already."),
    "recipient_gone": message("There is no such recipient any more: somebody else may have changed it."),
    "recipients_conflict": message(
        "The file of recipients was changed after you had opened the page. What stands in it now is shown: look at it, "
        "and send your change once more if it is still right."
    ),
    "recipients_file": message("The file of recipients has a mistake: mend it by hand first."),
    "recipients_by_hand": message(
        "The file of recipients is written in a way that can only be changed by hand. Nothing was changed."
    ),
    "recipients_unwritable": message(
        "The file of recipients could not be written. Nothing was changed. Let the service write into its data folder."
    ),
    "rule_id": message("Short id: lower-case Latin letters, digits and hyphens, at most 32. For example: long-wait."),
    "rule_names": message("Name: 1 to 120 characters in each of the three languages."),
    "rule_metric": message("What is watched: there is no such number. Choose one of the list."),
    "rule_scope": message("Where: this number is not known for a branch of its own. Choose the centre or the network."),
    "rule_threshold": message("Bad from: write a number; times in minutes, shares in per cent from 0 to 100."),
    "rule_clear": message("Good again from: write a number that is not worse than where it is bad."),
    "rule_worse": message("Which way is worse: this number does not say it by itself. Choose more or less."),
    "rule_minutes": message("Bad for so long: write minutes, 0 to 10080 (a week)."),
    "rule_clear_minutes": message("Good for so long: write minutes, 0 to 10080 (a week)."),
    "rule_opening_hours": message("When it counts: choose one of the list."),
    "rule_severity": message("Importance: choose one of the list."),
    "rule_roles": message(
        "Who is told: choose at least one. A director is told of the own centre alone, so not of the whole network."
    ),
    "rule_escalate_minutes": message(
        "Told further up after: write minutes, above 0 and at most 10080, and choose who is told then. Empty: never."
    ),
    "rule_escalate_roles": message(
        "Who is told further up: a director is not told of the whole network. Choose another."
    ),
    "rule_value": message("The rule is not one that can be watched. Look at each value again."),
    "rule_taken": message("There is, or was, a rule of this id. Choose another id."),
    "rule_many": message("There are 200 rules already. Change one that is off."),
    "rule_gone": message("There is no such rule."),
    "rule_same": message("This is what is in force already."),
    "rule_why": message("Say why, in 1 to 300 characters."),
    "rule_conflict": message(
        "Somebody else changed this rule after you had opened the page. The table shows what is in force now: look "
        "at it, and send your change once more if it is still right."
    ),
}
DONE: Final[Mapping[str, str]] = {
    "account_made": message("The account has been made. At the first sign-in another password must be chosen."),
    "account_reset": message("The password has been reset, and the account signed out everywhere."),
    "account_disabled": message("The account is closed and signed out everywhere."),
    "account_enabled": message("The account is open again."),
    "account_role": message("The account has another role now, and signs in again."),
    "account_ended": message("The account is signed out everywhere."),
    "token_made": message("The token has been made. Give it to the centre's IT."),
    "token_rotated": message("The new token has been made. Put it in before the old one ends."),
    "token_revoked": message("The token is refused from now on."),
    "direct_made": message("The Redis user may write to the stream of its centre and do nothing else."),
    "direct_made_not_kept": message(
        "The Redis user may write to the stream of its centre and do nothing else. The server has no file for its "
        "users: this one is gone when the server stops. Set aclfile in its configuration."
    ),
    "screen_paired": message("The screen is paired: it shows the wall within seconds."),
    "screen_revoked": message("The screen may look no more, and shows a code again."),
    "direct_dropped": message("The Redis user is gone, and its connections are closed."),
    "norm_changed": message("The change is kept. It begins on its day, by itself."),
    "norm_taken_back": message("The change does not come."),
    "recipient_added": message("The recipient is added. Send a test message to see whether the address is right."),
    "recipient_changed": message("The recipient is changed. Send a test message to see whether the address is right."),
    "recipient_removed": message("The recipient is removed and told nothing more."),
    "recipient_tested": message(
        "The message waits to be sent. Load the page again in some seconds to see what came of it."
    ),
    "rule_changed": message("The rule is changed and in force."),
    "rule_added": message("The rule is added and in force."),
    "rule_off": message("The rule is switched off: it raises nothing and tells nobody."),
    "rule_on": message("The rule is watched again."),
    "rule_file": message("The rule is again as the file has it."),
}
SURE: Final[Mapping[str, tuple[str, str]]] = {
    "account_reset": (
        message("Reset the password?"),
        message("The present password stops working, and the account is signed out everywhere."),
    ),
    "account_disabled": (
        message("Close the account?"),
        message("It is signed out everywhere and signs in no more. It can be opened again."),
    ),
    "account_role": (
        message("Change the role?"),
        message("The account is signed out everywhere, and sees at the next sign-in what the new role sees."),
    ),
    "token_revoked": (
        message("Revoke the token?"),
        message("What the centre sends with it is refused from this moment. This cannot be undone."),
    ),
    "screen_revoked": (
        message("Revoke the screen?"),
        message("It shows the wall no more. To have it back somebody must stand before it and read its code."),
    ),
    "direct_renewed": (
        message("Make a new password?"),
        message("The present one stops working: until the new one is put in, the centre sends nothing."),
    ),
    "norm_changed": (
        message("Change it from that day on?"),
        message("Numbers of the days before stay as they are. Until the day comes, the change can be taken back."),
    ),
    "norm_taken_back": (
        message("Take the change back?"),
        message("What holds now goes on. The row stays in the list."),
    ),
    "recipient_removed": (
        message("Remove the recipient?"),
        message("No message goes there any more, also none that waits now."),
    ),
    "rule_changed": (
        message("Change the rule?"),
        message("It is in force within seconds. An alarm that stands is judged by the new rule from then on."),
    ),
    "rule_added": (
        message("Add the rule?"),
        message("It is watched within seconds, and people are told of what it raises."),
    ),
    "rule_off": (
        message("Switch the rule off?"),
        message(
            "Its alarms that stand are over within seconds, and it raises no others until it is switched on again."
        ),
    ),
    "rule_file": (
        message("Put the rule back as the file has it?"),
        message("It is in force within seconds. The changes stay in the list."),
    ),
    "direct_dropped": (
        message("Take the Redis user away?"),
        message("The centre's direct connections are closed at once. This cannot be undone."),
    ),
}
"""The question, and what will happen."""
