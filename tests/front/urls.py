"""Everything that is served where FRONT is demo."""

from django.urls import include, path

from cms import urls

handler500 = urls.handler500
urlpatterns = [*(pattern for pattern in urls.urlpatterns if pattern not in urls.PLAIN), path("", include("front.urls"))]
