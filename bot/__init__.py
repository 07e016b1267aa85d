"""The bot at its edges: Telegram, the terminal, settings, people and time."""
