<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
${msg("emailVerificationBody", link, linkExpiration, realmName, linkExpirationFormatter(linkExpiration))}
<@sso.signature/>
