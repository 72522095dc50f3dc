"""The addresses of photos' files."""

from django.urls import path

from media.photos import views

urlpatterns = [path("<uuid:photo>/<str:version>/<str:name>", views.size)]
