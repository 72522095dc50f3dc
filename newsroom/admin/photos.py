"""Photos of what is written."""

from media.photos.widgets import PhotoChooser


class PhotosMixin:
    """Photos are chosen in their library."""

    photo_fields: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.photo_fields:
            may_view = any(request.user.has_perm(f"media.{verb}_photo") for verb in ("view", "change"))
            may_add = may_view and request.user.has_perm("media.add_photo")
            field.widget = PhotoChooser(admin_site=self.admin_site.name, may_view=may_view, may_add=may_add)
        return field
