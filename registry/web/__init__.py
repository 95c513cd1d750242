"""The public side: blueprints that parse, call one service, and render (rule R5)."""
