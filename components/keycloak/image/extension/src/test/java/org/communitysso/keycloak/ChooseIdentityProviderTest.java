package org.communitysso.keycloak;

import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import jakarta.ws.rs.core.Response;
import org.junit.jupiter.api.Test;
import org.keycloak.authentication.AuthenticationFlowContext;

class ChooseIdentityProviderTest {
    private final AuthenticationFlowContext context = mock(AuthenticationFlowContext.class, RETURNS_DEEP_STUBS);
    private final Response page = mock(Response.class);
    private final ChooseIdentityProvider authenticator = new ChooseIdentityProvider();

    @Test
    void showsThePageAgainWhateverIsPosted() {
        when(context.form().createForm("sso-choose.ftl")).thenReturn(page);
        authenticator.authenticate(context);
        authenticator.action(context);
        verify(context, times(2)).challenge(page);
        verify(context, never()).success();
        verify(context, never()).getHttpRequest();
    }
}
