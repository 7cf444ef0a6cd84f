"""The users and groups of a small Django site."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class User(AbstractSCIMUserMixin, AbstractUser):
    scim_groups = models.ManyToManyField("Group", through="Membership", related_name="user_set")


class Group(AbstractSCIMGroupMixin, models.Model):
    name = models.CharField(max_length=80, unique=True)


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    group = models.ForeignKey(Group, on_delete=models.CASCADE)
