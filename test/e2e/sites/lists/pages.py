"""The site's one page, and the pages of the login."""

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.urls import include, path


@login_required
def home(request):
    """Who is logged in, as the site sees it."""
    account = request.user.socialaccount_set.get()
    return JsonResponse(
        {
            "username": request.user.username,
            "addresses": list(request.user.emailaddress_set.values("email", "verified")),
            "provider": account.provider,
            "subject": account.uid,
        }
    )


urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]
