"""What several windows are made of: colours, buttons, fields, charts, the icon's picture."""
