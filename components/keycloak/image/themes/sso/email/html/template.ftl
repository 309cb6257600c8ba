<#macro emailLayout>
<!DOCTYPE html>
<html lang="${locale.language}" dir="${ltr?then("ltr", "rtl")}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${subject}</title>
  <style>
    body { margin: 0; padding: 24px 12px; background: #f4f5f7; color: #1c2128; color-scheme: light dark; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
    .card { max-width: 560px; margin: 0 auto; background: #ffffff; border-radius: 12px; border-top: 4px solid ${properties["sso.accent"]}; padding: 28px 32px; }
    .name { margin: 0 0 20px; font-size: 20px; font-weight: 600; }
    .message a { display: inline-block; padding: 10px 20px; border-radius: 8px; background: ${properties["sso.accent"]}; color: ${properties["sso.onAccent"]}; font-weight: 600; text-decoration: none; overflow-wrap: anywhere; }
    .foot { max-width: 560px; margin: 16px auto 0; padding: 0 32px; font-size: 14px; color: #59636e; }
    .foot a { color: ${properties["sso.link"]}; }
    @media (prefers-color-scheme: dark) {
      body { background: #15181c; color: #e6e9ed; }
      .card { background: #22262c; }
      .foot { color: #a4adb8; }
      .foot a { color: ${properties["sso.linkDark"]}; }
    }
  </style>
</head>
<body>
  <div class="card">
    <p class="name">${realmName}</p>
    <div class="message"><#nested></div>
  </div>
  <#if properties["sso.footer"]?? || properties["sso.support"]??>
    <div class="foot">
      <#if properties["sso.footer"]??><p>${properties["sso.footer"]}</p></#if>
      <#if properties["sso.support"]??><p><a href="${properties["sso.support"]}">${msg("ssoSupport")}</a></p></#if>
    </div>
  </#if>
</body>
</html>
</#macro>
