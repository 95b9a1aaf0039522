using System.Globalization;
using System.Text;
using Broadside.Channels;

namespace Broadside.Cli.Clients;

/// <summary>A connection to a Redis server or a relay: sends commands, receives values. Each is one record.</summary>
internal sealed class RespClient : IAsyncDisposable
{
    // Redis's own limit of a string, and room for what is around it.
    private const int MaximumRecord = (512 << 20) + (1 << 20);

    private readonly ServerAddress _server;
    private readonly RecordEngine _engine;
    private readonly RecordConnection _connection;
    private readonly RecordWriter _writer;

    private RespClient(ServerAddress server, RecordEngine engine, RecordConnection connection)
    {
        _server = server;
        _engine = engine;
        _connection = connection;
        _writer = new RecordWriter(engine.Arena);
    }

    /// <summary>Connects and authenticates.</summary>
    /// <exception cref="CliException">It failed; the message tells why.</exception>
    public static async Task<RespClient> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var engine = RecordEngine.Create(new EngineOptions { Channels = 1, Arena = new ArenaOptions { MaximumBytes = 4L << 30 } });
        try
        {
            var options = new ConnectionOptions
            {
                MaximumDirectBytes = 2L * MaximumRecord,
                MaximumQueuedBytes = 2L * MaximumRecord,
                FullQueue = SlowMemberPolicy.Wait,
            };
            var connection = await engine.ConnectAsync(server.EndPoint, Framers.Resp(MaximumRecord), options, server.Timeout, cancellationToken);
            var client = new RespClient(server, engine, connection);
            await client.IntroduceAsync(cancellationToken);
            return client;
        }
        catch (Exception exception)
        {
            await engine.StopAsync(TimeSpan.Zero);
            if (exception is ConnectException failure)
            {
                throw new CliException(ExitCodes.CannotConnect, Explain(server, failure));
            }

            throw;
        }
    }

    /// <summary>Sends a command, waiting while too much is unsent.</summary>
    public async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> arguments, CancellationToken cancellationToken)
    {
        WriteHeader('*', arguments.Count);
        foreach (var argument in arguments)
        {
            WriteHeader('$', argument.Length);
            _writer.Write(argument.Span);
            _writer.Write("\r\n"u8);
        }

        using var record = _writer.Seal();
        await _connection.SendAsync(record, default, cancellationToken);
    }

    /// <summary>Sends a command.</summary>
    public ValueTask SendAsync(CancellationToken cancellationToken, params string[] arguments) =>
        SendAsync(Array.ConvertAll(arguments, static text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), cancellationToken);

    /// <summary>Reads a value that has arrived.</summary>
    /// <returns>False when none is here.</returns>
    public bool TryRead(out RespValue value)
    {
        if (!_connection.TryRead(out var record))
        {
            value = null!;
            return false;
        }

        using (record)
        {
            value = record.IsContiguous ? RespValue.Parse(record.Span) : RespValue.Parse(record.ToArray());
            return true;
        }
    }

    /// <summary>Waits for the next value.</summary>
    /// <exception cref="CliException">The connection ended.</exception>
    public async ValueTask<RespValue> ReceiveAsync(CancellationToken cancellationToken)
    {
        RespValue value;
        while (!TryRead(out value))
        {
            if (!await _connection.WaitToReadAsync(cancellationToken))
            {
                throw await LostAsync();
            }
        }

        return value;
    }

    /// <summary>Waits for the answer to a command, as long as an answer may take.</summary>
    /// <exception cref="CliException">It is an error, or none came.</exception>
    public async ValueTask<RespValue> ReceiveAnswerAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_server.Timeout);
        try
        {
            var value = await ReceiveAsync(deadline.Token);
            return value.Kind == RespKind.Error ? throw Refusal(value) : value;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Failure, $"{_server} did not answer in time: is it a Redis server?");
        }
    }

    /// <summary>What an error that the server answered means to the user.</summary>
    public CliException Refusal(RespValue error)
    {
        var text = error.Text;
        return text.StartsWith("NOAUTH", StringComparison.Ordinal) ? new(ExitCodes.NotAuthenticated, $"{_server} wants a password: --password-file, --password or BROADSIDE_PASSWORD ({text})")
            : text.StartsWith("WRONGPASS", StringComparison.Ordinal) ? new(ExitCodes.NotAuthenticated, $"{_server} does not accept the password ({text})")
            : new(ExitCodes.Failure, $"{_server} answered: {text}");
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        await _engine.StopAsync(TimeSpan.FromSeconds(1));
    }

    private static string Explain(ServerAddress server, ConnectException failure) => failure.Reason switch
    {
        CloseReason.Refused => $"Nothing listens on {server} (connection refused).",
        CloseReason.TimedOut => $"{server} does not answer.",
        CloseReason.Unreachable => $"{server} cannot be reached{(failure.InnerException is { } cause ? $": {cause.Message}" : ".")}",
        _ => failure.Message,
    };

    private async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        var words = new List<string>();
        if (_server.IsResp3)
        {
            words.AddRange(["HELLO", "3"]);
        }

        if (_server.Password is { } password)
        {
            words.AddRange(_server.IsResp3 ? ["AUTH", "default", password] : ["AUTH", password]);
        }

        if (words.Count > 0)
        {
            await SendAsync(cancellationToken, [.. words]);
            await ReceiveAnswerAsync(cancellationToken);
        }
    }

    // The stream's end is known before its reason: a framer's refusal resets the connection, and the reason follows.
    private async Task<CliException> LostAsync()
    {
        await _connection.CloseAsync();
        return new CliException(ExitCodes.Failure, _connection.CloseReason == CloseReason.InvalidFraming
            ? $"{_server} sent what is not RESP: is it a Redis server?"
            : $"{_server} closed the connection.");
    }

    private void WriteHeader(char type, int value)
    {
        Span<byte> digits = stackalloc byte[16];
        digits[0] = (byte)type;
        value.TryFormat(digits[1..], out var length, default, CultureInfo.InvariantCulture);
        _writer.Write(digits[..(length + 1)]);
        _writer.Write("\r\n"u8);
    }
}
