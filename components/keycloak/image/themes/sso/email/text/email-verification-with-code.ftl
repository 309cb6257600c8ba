<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
${msg("emailVerificationBodyCode", code)}
<@sso.signature/>
