"""What is said to the user, each sentence in the file that is called after what it is about.

``balance_words``   how full the balance is, how old its figures are, and the notes beside them
``forecast_words``  how long it lasts, when it runs out, what to buy; ``plan_words`` has the answers
                    of the calculator, ``trend_words`` what a small chart tells, and
                    ``history_words`` what the charts of *History* and their tables tell
``notice_words``    a notification's title and body
``problem_words``   what went wrong, and what to do
``settings_words``  the settings' names and faults
``overview_words``  what is said of several teams at once, and of each in a line
``command_words``   what only a terminal says; ``team_words`` what it says of the list of teams
``amounts``, ``durations``, ``formats``  credits and money, how long, numbers and dates

The texts of menus, buttons and labels stand where these are made: in ``desktop/actions.py`` or in
the window. Others import the functions of these modules by name.
"""
