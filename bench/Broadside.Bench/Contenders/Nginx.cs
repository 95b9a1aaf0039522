using Broadside.Bench.Load;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>nginx: one worker, which answers from memory and writes no log.</summary>
internal sealed class Nginx : Contender
{
    public override string Name => "nginx";

    // It tells its version on its error output.
    public override string? Version { get; } = Shell.Run("sh", "-c", "nginx -v 2>&1")?.Split('/').Last();

    public override string Settings => "one process, multi_accept, listen deferred, access_log off, return of a text";

    public override bool NeedsWarmUp => false;

    protected override IEnumerable<string> Command(int port, string folder)
    {
        var file = Path.Combine(folder, $"nginx-{port}.conf");
        File.WriteAllText(file, Configuration(port, folder));
        return ["nginx", "-e", "stderr", "-p", folder, "-c", file];
    }

    // One process and no master: the harness pins it, and ends it.
    private static string Configuration(int port, string folder) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/nginx-{{port}}.pid;
        error_log stderr error;
        events { worker_connections 8192; multi_accept on; use epoll; }
        http {
            access_log off;
            server_tokens off;
            default_type text/plain;
            keepalive_requests 1000000000;
            client_body_temp_path {{folder}}/nginx-body;
            proxy_temp_path {{folder}}/nginx-proxy;
            fastcgi_temp_path {{folder}}/nginx-fastcgi;
            uwsgi_temp_path {{folder}}/nginx-uwsgi;
            scgi_temp_path {{folder}}/nginx-scgi;
            server {
                listen 127.0.0.1:{{port}} backlog=4096 deferred;
                location / { return 200 "{{HttpExchange.Body}}"; }
            }
        }

        """;
}
