"""The shop's own pages: server-rendered, usable without scripts, and the same books behind them as the conversation."""
