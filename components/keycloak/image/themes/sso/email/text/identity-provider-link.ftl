<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
${msg("identityProviderLinkBody", identityProviderDisplayName, realmName, identityProviderContext.username, link, linkExpiration, linkExpirationFormatter(linkExpiration))}
<@sso.signature/>
