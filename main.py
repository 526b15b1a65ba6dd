"""lemlist-credits: a tray widget that shows how many lemlist credits a team has left.

The way of the data, one direction, one owner for each step:

1. ``tray_app/desktop/poller.py``         a QTimer, or the user, asks for a poll of one team,
                                          whose one owner is ``tray_app/team/session.py``,
2. ``tray_app/desktop/system/worker.py``  which runs in the worker thread:
3. ``tray_app/team/watch.py``             one poll takes the key (``credentials.py``), asks
4. ``tray_app/lemlist/client.py``         the lemlist API, reads the answer as a ``Balance``, has
   ``tray_app/team/analyst.py``           record it in the history,
   ``tray_app/team/alerts.py``            keep what was told, and lets
5. ``tray_app/rules/``                    decide on the level, the forecast, an alert, the next
                                          poll; it ends in one ``Snapshot``, good or bad.
6. ``tray_app/report/view.py``            turns the Snapshot into words and numbers, each sentence
                                          of which stands in ``tray_app/words/``, for
7. ``tray_app/desktop/``                  icon, tooltip, menu, popup and notification,
   ``tray_app/terminal/``                 or the terminal.

``tray_app/desktop/start.py`` shows the icon; ``tray_app/desktop/app.py`` is the one place that
wires the rest together, with the teams of ``tray_app/desktop/teams.py``.
"""

import sys

if __name__ == "__main__":
    try:
        from tray_app.__main__ import main
    except KeyboardInterrupt:  # main() sees to all that come later
        sys.exit(130)
    sys.exit(main())
