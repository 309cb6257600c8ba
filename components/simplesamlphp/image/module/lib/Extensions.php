<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** What is asked about a person besides who it is: Simple Registration 1.1, and Launchpad's teams. */
final class Extensions
{
    private const SREG = 'http://openid.net/extensions/sreg/1.1';
    private const TEAMS = 'http://ns.launchpad.net/2007/openid-teams';
    private const SREG_FIELDS = ['nickname', 'email', 'fullname', 'timezone'];
    private const MOST_BYTES = 1024;

    /**
     * @param list<string> $teams whose membership is asked for
     * @return array<string, string> fields of a request
     */
    public static function asked(array $teams): array
    {
        $fields = ['openid.ns.sreg' => self::SREG, 'openid.sreg.optional' => implode(',', self::SREG_FIELDS)];
        return $teams === [] ? $fields : $fields + [
            'openid.ns.lp' => self::TEAMS,
            'openid.lp.query_membership' => implode(',', $teams),
        ];
    }

    /**
     * What an answer says of a person, as far as it is signed.
     *
     * @param list<string> $teams that were asked for; no others are believed
     * @return array<string, list<string>>
     */
    public static function attributes(Message $answer, bool $isVersion2, array $teams): array
    {
        $attributes = [];
        foreach (self::SREG_FIELDS as $name) {
            $value = self::signedValue($answer, self::SREG, $name, $isVersion2 ? null : 'sreg');
            if ($value !== null && $value !== '' && strlen($value) <= self::MOST_BYTES) {
                $attributes[$name] = [$value];
            }
        }
        $members = explode(',', self::signedValue($answer, self::TEAMS, 'is_member', $isVersion2 ? null : 'lp') ?? '');
        $among = array_values(array_intersect($teams, array_map(trim(...), $members)));
        return $among === [] ? $attributes : $attributes + ['teams' => $among];
    }

    /**
     * A field of an extension, by the alias that the answer declares for its namespace. In version 2.0 the declaration
     * must be signed too: otherwise another's could be put in front of signed fields.
     *
     * @param string|null $usualAlias where no declaration is needed
     */
    private static function signedValue(Message $answer, string $namespace, string $name, ?string $usualAlias): ?string
    {
        $signed = $answer->signedNames();
        $alias = $usualAlias;
        foreach ($answer->fields as $field => $value) {
            if (str_starts_with($field, 'ns.') && $value === $namespace && in_array($field, $signed, true)) {
                $alias = substr($field, strlen('ns.'));
            }
        }
        return $alias !== null && in_array("$alias.$name", $signed, true) ? $answer->get("$alias.$name") : null;
    }
}
