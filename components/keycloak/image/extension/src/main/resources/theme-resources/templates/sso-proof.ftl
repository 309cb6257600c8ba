<#-- Page of ProofByLinkedIdentity; template.ftl is the theme's frame. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("ssoProofTitle")}
  <#elseif section = "form">
    <p id="sso-proof-new">${msg("ssoProofNew", newProvider, newUsername)}</p>
    <p>${msg("ssoProofHow")}</p>
    <ul class="${properties.kcFormSocialAccountListClass!}">
      <#list linkedProviders as provider>
        <li class="${properties.kcFormSocialAccountListItemClass!}">
          <a id="social-${provider.alias}" class="${properties.kcFormSocialAccountListButtonClass!}" href="${provider.loginUrl}">
            <#if provider.iconClasses?has_content><i class="${properties.kcCommonLogoIdP!} ${provider.iconClasses}" aria-hidden="true"></i></#if>
            <span class="${properties.kcFormSocialAccountNameClass!}">${provider.displayName}</span>
          </a>
        </li>
      </#list>
    </ul>
    <p><a id="sso-proof-restart" href="${url.loginRestartFlowUrl}">${msg("ssoProofRestart")}</a></p>
  </#if>
</@layout.registrationLayout>
