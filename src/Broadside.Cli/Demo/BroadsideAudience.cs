using System.Net;

namespace Broadside.Cli.Demo;

/// <summary>The same on records: one group, one send for each message.</summary>
internal sealed class BroadsideAudience : IAudience
{
    private readonly RecordEngine _engine = RecordEngine.Create(new EngineOptions { Channels = 1 });
    private readonly SemaphoreSlim _joined = new(0);
    private RecordListener _listener = null!;

    private BroadsideAudience()
    {
        Paced = _engine.CreateGroup("paced", new GroupOptions { SlowMembers = SlowMemberPolicy.Wait, MaximumLag = 8 << 20, WaitTimeout = TimeSpan.FromMinutes(1) });
        Queued = _engine.CreateGroup("queued");
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    /// <summary>The backend it runs on.</summary>
    public string Backend => _engine.Backend;

    /// <summary>Everybody; senders wait for the slowest.</summary>
    public RecordGroup Paced { get; }

    /// <summary>Everybody; what is not taken is queued.</summary>
    public RecordGroup Queued { get; }

    public static async Task<BroadsideAudience> StartAsync(ConnectionOptions options)
    {
        var audience = new BroadsideAudience();
        audience._listener = await audience._engine.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Framers.LengthPrefixed(DemoMessage.PrefixLength), audience.ServeAsync, options);
        return audience;
    }

    /// <summary>A record of the engine's.</summary>
    public Record Prepare(byte[] message) => Record.Create(_engine.Arena, message);

    /// <inheritdoc/>
    public async Task MembersAsync(int count)
    {
        for (var index = 0; index < count; index++)
        {
            await _joined.WaitAsync();
        }
    }

    public async Task BroadcastAsync(byte[] message, int times)
    {
        using var record = Prepare(message);
        for (var time = 0; time < times; time++)
        {
            await Paced.SendAsync(record);
        }
    }

    public async ValueTask DisposeAsync() => await _engine.StopAsync(TimeSpan.Zero);

    private async Task ServeAsync(RecordConnection connection)
    {
        Paced.Add(connection);
        Queued.Add(connection);
        _joined.Release();
        await connection.WaitToReadAsync();
    }
}
