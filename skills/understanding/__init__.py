"""What the router does with a sentence that no template matches: take it apart, repair it, ask.

Nothing here acts. Each module takes a sentence and answers with other sentences, which the
matcher must then match word for word.
"""
