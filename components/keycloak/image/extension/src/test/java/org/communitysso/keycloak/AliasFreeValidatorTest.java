package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.adapter.InMemoryUserAdapter;
import org.keycloak.userprofile.AttributeContext;
import org.keycloak.userprofile.UserProfileAttributeValidationContext;
import org.keycloak.userprofile.UserProfileContext;
import org.keycloak.validate.ValidationError;
import org.keycloak.validate.ValidatorConfig;

class AliasFreeValidatorTest {
    private final KeycloakSession session = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final RealmModel realm = mock(RealmModel.class);
    private final AliasFreeValidator validator = new AliasFreeValidator();
    private final ValidatorConfig config = new ValidatorConfig(Map.of("alias.domain", "alias.example.org"));

    /** Once had the name ada. */
    private final UserModel countess = user("countess");

    @BeforeEach
    void giveCountessTheAliasOfAda() {
        when(session.getContext().getRealm()).thenReturn(realm);
        when(session.users().searchForUserByUserAttributeStream(realm, "alias", "ada@alias.example.org"))
                .thenAnswer(call -> Stream.of(countess));
        when(session.users().searchForUserByUserAttributeStream(realm, "alias", "grace@alias.example.org"))
                .thenAnswer(call -> Stream.of());
    }

    @Test
    void nameWhoseAliasIsFreeIsTaken() {
        assertTrue(errors("grace", null).isEmpty());
    }

    @Test
    void nameWhoseAliasBelongsToAnotherIsRefused() {
        List<ValidationError> errors = errors("Ada", null);
        assertEquals(1, errors.size());
        assertEquals("ssoAliasTaken", errors.get(0).getMessage());
        assertEquals("ada@alias.example.org", errors.get(0).getMessageParameters()[0]);
        assertEquals(1, errors("ada", user("grace")).size());
    }

    @Test
    void ownerMayHaveTheNameBack() {
        assertTrue(errors("ada", countess).isEmpty());
    }

    @Test
    void nameThatStaysIsNotAsked() {
        assertTrue(errors("ada", user("ada")).isEmpty());
    }

    @Test
    void domainIsRequired() {
        assertTrue(validator.validateConfig(session, config).isValid());
        assertFalse(validator.validateConfig(session, ValidatorConfig.EMPTY).isValid());
    }

    private List<ValidationError> errors(String username, UserModel user) {
        AttributeContext attribute = new AttributeContext(
                UserProfileContext.USER_API, session, Map.entry("username", List.of(username)), user, null, null);
        return List.copyOf(validator
                .validate(List.of(username), "username", new UserProfileAttributeValidationContext(attribute), config)
                .getErrors());
    }

    private UserModel user(String username) {
        UserModel user = new InMemoryUserAdapter(session, realm, username + "-id");
        user.setUsername(username);
        return user;
    }
}
