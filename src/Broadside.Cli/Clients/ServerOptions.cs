using System.CommandLine;
using Broadside.Cli.Options;

namespace Broadside.Cli.Clients;

/// <summary>The options that say which server a client talks to, and how.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string> _host = new("--host") { Description = "The server's name or address.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = Parsed.Number("--port", 6379, 1, 65535, "The server's port.");
    private readonly Option<Duration> _timeout = Parsed.Time("--timeout", new(TimeSpan.FromSeconds(5)), "How long connecting may take, and then each answer.");
    private readonly Option<bool> _resp3 = new("--resp3", "-3") { Description = "Speak RESP3 instead of RESP2." };
    private readonly PasswordOptions _password = new();

    public void AddTo(Command command)
    {
        _port.Aliases.Add("-p");
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(_timeout);
        command.Options.Add(_resp3);
        _password.AddTo(command);
    }

    public ServerAddress Read(ParseResult parsed) => new(parsed.GetValue(_host)!, parsed.GetValue(_port))
    {
        Timeout = parsed.GetValue(_timeout).Value is { Ticks: > 0 } timeout ? timeout : Timeout.InfiniteTimeSpan,
        IsResp3 = parsed.GetValue(_resp3),
        Password = _password.Read(parsed),
    };
}
