"""The shop's own records: stock, carts, quotes, orders, payments, audit (SQL)."""
