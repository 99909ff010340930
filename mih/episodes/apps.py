from django.apps import AppConfig


class EpisodesConfig(AppConfig):
    name = "mih.episodes"
