"""Why a model finds notes likely or not: of every row of a piece its probability, what was likelier, and a curve.

``measure`` asks the network, ``words`` says ids as musicians do, ``performance`` and ``chorale`` make an Explanation
of a Score, ``lines`` tells it to people.
"""

from .chorale import explained_chorale
from .explanation import Alternative, Explanation, Moment, Said
from .performance import explained_performance

__all__ = ["Alternative", "Explanation", "Moment", "Said", "explained_chorale", "explained_performance"]
