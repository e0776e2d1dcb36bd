"""登记: a new case from what was said, pasted or pointed at; nothing typed is ever lost."""
