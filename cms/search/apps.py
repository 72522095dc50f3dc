from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "cms.search"
    label = "search"

    def ready(self) -> None:
        from cms import background
        from cms.search import building, indexing, tidying

        background.register("search index", indexing.index_stale, indexing.count_stale)
        background.register("search index of what was there", building.go_on)
        background.register("search index in few pieces", tidying.tidy)
