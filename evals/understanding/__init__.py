"""Understanding: whether what a shopper writes is read as it was meant, and how sure the reader may be."""
