"""lemlist-credits: a tray widget that shows how many lemlist credits a team has left.

The way of the data, one direction:

1. ``tray_app/desktop/poller.py``         A QTimer, or the user, asks for a poll of one team
                                          (``tray_app/team/session.py``).
2. ``tray_app/desktop/system/worker.py``  The worker thread runs the poll.
3. ``tray_app/team/watch.py``             The poll takes the team's key
   ``tray_app/team/credentials.py``       from the keychain and asks
4. ``tray_app/lemlist/client.py``         lemlist, whose answer becomes a ``Balance``.
5. ``tray_app/team/analyst.py``           The history records the balance. The announcer
   ``tray_app/team/announcer.py``         keeps an alert until the user has heard it. The rules
   ``tray_app/rules/``                    decide on alerts (``alerts.py``), level, forecast and
                                          the time of the next poll.
6. ``tray_app/report/view.py``            The poll ends in a ``Snapshot``, good or bad, which
   ``tray_app/words/``                    becomes words and numbers: a ``View``,
7. ``tray_app/desktop/tray/``             for the icon, its menu and notifications,
   ``tray_app/desktop/popup/content.py``  for the popup, whose rows are in ``parts.py``, or
   ``tray_app/terminal/``                 for the terminal.

``tray_app/desktop/start.py`` shows the icon; ``tray_app/desktop/app.py`` wires all the rest, with
the teams of ``tray_app/desktop/teams.py``. What is said of balance, forecast, alerts and problems
stands in ``tray_app/words/``; a window's own texts stand in the window. An *alert* is decided in
``tray_app/rules/alerts.py``; *news* is an alert on its way, a *notice* its title and body. Settings
are in ``tray_app/store/settings.py``, their names in ``tray_app/words/settings_words.py``; the key
is in ``tray_app/store/keychain.py``. ``docs/architecture.md`` has the map of all rooms.
"""

import sys

if __name__ == "__main__":
    try:
        from tray_app.__main__ import main

        sys.exit(main())
    except KeyboardInterrupt:  # before main() can handle it
        sys.exit(130)
