package org.communitysso.keycloak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.authentication.forms.RegistrationRecaptcha;
import org.keycloak.http.simple.SimpleHttp;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.services.ServicesLogger;

/**
 * Form action for registration: Google's reCAPTCHA v3, which lets nobody fail but answers with a score, from 0 for a
 * robot to 1 for a person. Keycloak's own action takes any score.
 */
public final class ScoredRecaptcha extends RegistrationRecaptcha {
    public static final String ID = "sso-scored-recaptcha-action";

    /** Setting: least score of a person. */
    static final String LEAST_SCORE = "score.least";

    /** Google's own advice where nothing is known of a site yet. */
    private static final String DEFAULT_LEAST_SCORE = "0.5";

    @Override
    protected boolean validate(ValidationContext context, String response, Map<String, String> config) {
        try {
            JsonNode answer = SimpleHttp.create(context.getSession())
                    .doPost("https://www." + getRecaptchaDomain(config) + "/recaptcha/api/siteverify")
                    .param("secret", config.get(SECRET_KEY))
                    .param("response", response)
                    .param("remoteip", context.getConnection().getRemoteAddr())
                    .asJson();
            return isPerson(answer, config);
        } catch (IOException failure) {
            ServicesLogger.LOGGER.recaptchaFailed(failure);
            return false;
        }
    }

    /** Whether Google's answer is for this form, and scores high enough. */
    static boolean isPerson(JsonNode answer, Map<String, String> config) {
        double least = Double.parseDouble(config.getOrDefault(LEAST_SCORE, DEFAULT_LEAST_SCORE));
        return answer.path("success").asBoolean()
                && answer.path("action").asText().equals(config.get(ACTION))
                && answer.path("score").asDouble(-1) >= least;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        List<ProviderConfigProperty> properties = new ArrayList<>(super.getConfigProperties());
        properties.add(new ProviderConfigProperty(
                LEAST_SCORE,
                "Least score",
                "Least score of a person, from 0 to 1.",
                ProviderConfigProperty.STRING_TYPE,
                DEFAULT_LEAST_SCORE));
        return properties;
    }

    @Override
    public String getDisplayType() {
        return "reCAPTCHA v3 with a least score";
    }

    @Override
    public String getHelpText() {
        return "Refuses a registration that Google's reCAPTCHA v3 scores low.";
    }

    @Override
    public String getId() {
        return ID;
    }
}
