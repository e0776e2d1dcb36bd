"""One case at the right: what is known, what happened, and every action its state and the operator's role allow."""
