<#-- Page of ProofByLinkedIdentity. The theme's template.ftl frames it; classes a theme does not know stay empty. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("ssoProofTitle")}
  <#elseif section = "form">
    <div id="sso-proof" class="${properties.kcFormClass!}">
      <p>${msg("ssoProofNew", newProvider, newUsername)}</p>
      <p>${msg("ssoProofHow")}</p>
      <ul class="${properties.kcFormSocialAccountListClass!}">
        <#list linkedProviders as provider>
          <li class="${properties.kcFormSocialAccountListItemClass!}">
            <a id="social-${provider.alias}" class="${properties.kcFormSocialAccountListButtonClass!}" href="${provider.loginUrl}">
              <#if provider.iconClasses?has_content>
                <i class="${properties.kcCommonLogoIdP!} ${provider.iconClasses}" aria-hidden="true"></i>
              </#if>
              <span class="${properties.kcFormSocialAccountNameClass!}">${provider.displayName}</span>
            </a>
          </li>
        </#list>
      </ul>
      <p><a id="sso-proof-restart" href="${url.loginRestartFlowUrl}">${msg("ssoProofRestart")}</a></p>
    </div>
  </#if>
</@layout.registrationLayout>
