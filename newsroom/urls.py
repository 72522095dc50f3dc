"""The addresses of the newsroom's files."""

from django.urls import path

from newsroom import views

urlpatterns = [path(f"{folder}/<uuid:video>/<str:name>", views.film, {"folder": folder}) for folder in views.FILES]
