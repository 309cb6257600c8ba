package org.communitysso.keycloak;

import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ConfiguredProvider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.userprofile.UserProfileAttributeValidationContext;
import org.keycloak.validate.AbstractStringValidator;
import org.keycloak.validate.ValidationContext;
import org.keycloak.validate.ValidationError;
import org.keycloak.validate.ValidationResult;
import org.keycloak.validate.ValidatorConfig;
import org.keycloak.validate.validators.ValidatorConfigValidator;

/**
 * Validator for the user name: refuses one whose alias already belongs to another account, such as one that bore the
 * name before.
 *
 * @see AliasMapper
 */
public final class AliasFreeValidator extends AbstractStringValidator implements ConfiguredProvider {
    public static final String ID = "sso-alias-free";

    /** Setting: domain of the aliases. */
    static final String ALIAS_DOMAIN = AliasMapper.ALIAS_DOMAIN;

    /** Key of the message; its parameter 0 is the user attribute, 1 the alias. */
    static final String MESSAGE_TAKEN = "ssoAliasTaken";

    @Override
    protected void doValidate(String username, String attribute, ValidationContext context, ValidatorConfig config) {
        UserModel user = UserProfileAttributeValidationContext.from(context).getAttributeContext().getUser();
        if (user != null && username.equalsIgnoreCase(user.getUsername())) return;
        KeycloakSession session = context.getSession();
        String alias = AliasMapper.aliasOf(username, config.getString(ALIAS_DOMAIN));
        boolean isTaken = session.users()
                .searchForUserByUserAttributeStream(session.getContext().getRealm(), AliasMapper.ATTRIBUTE, alias)
                .anyMatch(owner -> user == null || !owner.getId().equals(user.getId()));
        if (isTaken) context.addError(new ValidationError(ID, attribute, MESSAGE_TAKEN, alias));
    }

    @Override
    public ValidationResult validateConfig(KeycloakSession session, ValidatorConfig config) {
        if (config.containsKey(ALIAS_DOMAIN)) return ValidationResult.OK;
        return ValidationResult.of(
                new ValidationError(ID, ALIAS_DOMAIN, ValidatorConfigValidator.MESSAGE_CONFIG_MISSING_VALUE));
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of(AliasMapper.aliasDomain());
    }

    @Override
    public String getHelpText() {
        return "Refuses a user name whose alias belongs to another account.";
    }

    @Override
    public String getId() {
        return ID;
    }
}
