import django_filters
from django.db.models import F, Q

from cms.api import hints
from cms.api.filters import ChoiceFilter, ContainsFilter


class OrientationFilter(ChoiceFilter):
    def condition(self, chosen):
        shapes = {
            "landscape": Q(width__gt=F("height")),
            "portrait": Q(width__lt=F("height")),
            "square": Q(width=F("height")),
        }
        matches = Q()
        for name in chosen:
            matches |= shapes[name]
        return matches


class PhotoFilterSet(django_filters.FilterSet):
    credit = ContainsFilter(field_name="folded_credit")
    creator = ContainsFilter(field_name="folded_creator")
    orientation = OrientationFilter(["landscape", "portrait", "square"])


hints.also_called(
    {
        "credit": ("credit_line", "credits"),
        "creator": ("photographer",),
        "orientation": ("shape", "aspect"),
    }
)
