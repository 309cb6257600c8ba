package org.communitysso.keycloak;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.broker.AbstractIdpAuthenticator;
import org.keycloak.authentication.authenticators.broker.util.SerializedBrokeredIdentityContext;
import org.keycloak.broker.provider.BrokeredIdentityContext;

/** A step of a first-broker-login flow that, whatever comes back to it, is taken anew. */
abstract class FirstLoginStep extends AbstractIdpAuthenticator implements BeforeUserIsKnown {
    @Override
    protected final void actionImpl(
            AuthenticationFlowContext context,
            SerializedBrokeredIdentityContext serialized,
            BrokeredIdentityContext newIdentity) {
        authenticateImpl(context, serialized, newIdentity);
    }
}
