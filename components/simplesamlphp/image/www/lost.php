<?php
// What people see whose login the shim does not know, or no longer: it took too long, or they came back to it by a
// bookmark or in another browser. Only the service that they wanted can begin another.
declare(strict_types=1);

http_response_code(400);
?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Please start again</title>
<link rel="stylesheet" href="/shim/style.css">
</head>
<body>
<main>
<h1>Please start again</h1>
<p>This login is over: it took longer than a quarter of an hour, or was begun in another browser.</p>
<p>Go back to the service that you wanted to log in to, or to <a id="home" href="/">your account</a>.</p>
</main>
</body>
</html>
