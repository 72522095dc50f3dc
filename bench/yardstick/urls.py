from rest_framework.routers import SimpleRouter

from bench.yardstick.views import ArticleViewSet

router = SimpleRouter()
router.register("api/v1/articles", ArticleViewSet, "article")
urlpatterns = router.urls
