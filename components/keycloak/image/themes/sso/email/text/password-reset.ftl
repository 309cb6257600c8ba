<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
${msg("passwordResetBody", link, linkExpiration, realmName, linkExpirationFormatter(linkExpiration))}
<@sso.signature/>
