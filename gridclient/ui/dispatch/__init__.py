"""派遣: the proposed units of a case, chosen by a digit, an arrow or a few letters."""
