package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoredRecaptchaTest {
    private static final Map<String, String> CONFIG =
            Map.of(ScoredRecaptcha.ACTION, "register", ScoredRecaptcha.LEAST_SCORE, "0.7");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'success':true,'action':'register','score':0.7}  | true",
                "{'success':true,'action':'register','score':0.69} | false",
                "{'success':true,'action':'login','score':0.9}     | false",
                "{'success':true,'action':'register'}              | false",
                "{'success':true,'score':0.9}                      | false",
                "{'success':false,'action':'register','score':0.9} | false",
                "{}                                                | false",
            },
            quoteCharacter = '"')
    void takesThoseForPeopleWhoScoreHighOnThisForm(String answer, boolean isPerson) throws IOException {
        assertEquals(
                isPerson,
                ScoredRecaptcha.isPerson(new ObjectMapper().readTree(answer.replace('\'', '"')), CONFIG));
    }
}
