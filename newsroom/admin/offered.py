"""What stands in the desk's menu."""


class OfferedToWritersMixin:
    """What stands in the menu of those who may change it. All others find it where something leads to it."""

    def get_model_perms(self, request):
        permissions = super().get_model_perms(request)
        return permissions if permissions["change"] else {}
