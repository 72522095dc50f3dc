"""Rows that belong to an item, on its page: bylines, related stories, corrections."""

from collections.abc import Iterable

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms.models import BaseInlineFormSet

from cms.desk.lists.change_lists import FAR
from cms.desk.pages.choosing import ChoicesMixin


class RowForm(forms.ModelForm):
    """A row of an item, whose place in the order is no content of its own."""

    def has_changed(self):
        return any(name != "position" for name in self.changed_data)


class OwnedFormSet(BaseInlineFormSet):
    """Rows of an item that may still be to be saved. It has its key from the first moment, and keeps it.

    They are written with the item, as a part of its snapshot (`as_written`), and not by the formset.

    Django empties the key of an item that is new, for each form of a row; whatever then asks which item it is, a check
    or an autosave, would find none.
    """

    def __init__(self, *args, instance=None, queryset=None, **kwargs):
        if instance is not None and instance._state.adding:
            queryset = self.model._default_manager.none()  # it has no rows to ask the database for
        super().__init__(*args, instance=instance, queryset=queryset, **kwargs)
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []  # what the desk's log is told

    def add_fields(self, form, index):
        key = self.instance.pk
        super().add_fields(form, index)
        self.instance.pk = key


class RowsFormSet(OwnedFormSet):
    """Rows in order. What is posted takes the place of what was there.

    Rows are known by what they say and not by their ids, so that a page that is out of date still says all that its
    editor meant.
    """

    def initial_form_count(self):
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if self.is_bound:
            form.fields[self._pk_field.name] = forms.CharField(required=False, disabled=True, widget=forms.HiddenInput)
        if "position" in form.fields:
            form.fields["position"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput(attrs={"class": "row-position"})
            )

    def as_written(self):
        """The rows that it makes, in order, each once. One that is not right yet is left out."""
        rows = [form for form in self.forms if form.has_changed() and form.is_valid()]
        rows = [form for form in rows if not self._should_delete_form(form)]
        rows.sort(key=lambda form: FAR if form.cleaned_data.get("position") is None else form.cleaned_data["position"])
        made: dict = {}
        for form in rows:
            said = tuple((name, str(value)) for name, value in form.cleaned_data.items() if name in self.says)
            made.setdefault(said, form.instance)
        return list(made.values())

    @property
    def says(self):
        return {field.name for field in self.model._meta.concrete_fields} - {"id", "position", self.fk.name}


def only_add(field: forms.Field | None, editable: Iterable[str] = ()) -> forms.Field | None:
    """A choice beside which something new can be added, without a row of other icons."""
    widget = field.widget if field else None
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_delete_related = widget.can_view_related = False
        widget.can_change_related = widget.can_change_related and widget.rel.field.name in editable
    return field


def goes_with_its_item(inline, request, obj=None):
    """Rows have no permissions of their own: the page asks whether its item may be changed."""
    return True


class RowsInline(ChoicesMixin, admin.TabularInline):
    form = RowForm
    formset = RowsFormSet
    extra = 0
    is_looked_at = True  # whether a check before publishing sees rows that are not saved yet

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = goes_with_its_item

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return only_add(super().formfield_for_dbfield(db_field, request, **kwargs))


class AddedRowsFormSet(OwnedFormSet):
    """Rows that are added and never edited. The same words are not added twice."""

    def as_written(self):
        """The rows that stand, and those that are added."""
        standing = [] if self.instance._state.adding else list(self._stored())
        self.new_objects = []
        for form in self.forms:
            if form.has_changed() and form.is_valid():
                names = [name for name in form.changed_data if name not in {self.fk.name, "id"}]
                said = {name: getattr(form.instance, name) for name in names}
                if not any(said == {name: getattr(row, name) for name in names} for row in standing):
                    standing.append(form.instance)
                    self.new_objects.append(form.instance)
        return standing

    def _stored(self):
        return self.model._default_manager.filter(**{self.fk.name: self.instance}).order_by("pk")
