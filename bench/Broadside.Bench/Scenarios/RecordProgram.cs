using System.Globalization;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Scenarios;

/// <summary>A program on the library on the server's processor, and its receivers on the load's.</summary>
internal sealed class RecordProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ChildProcess _server;
    private readonly ChildProcess _load;
    private readonly CancellationToken _stop;

    private RecordProgram(ChildProcess server, ChildProcess load, CancellationToken stop)
    {
        _server = server;
        _load = load;
        _stop = stop;
    }

    /// <summary>Starts both; returns when all receivers are members.</summary>
    /// <param name="context">The run.</param>
    /// <param name="profile">The connections' profile.</param>
    /// <param name="receivers">How many.</param>
    /// <param name="load">The load's arguments, given the port.</param>
    public static async Task<RecordProgram> StartAsync(BenchContext context, string profile, int receivers, Func<string, string[]> load)
    {
        var port = context.Sandbox.NextPort().ToString(CultureInfo.InvariantCulture);
        var program = new RecordProgram(
            context.Sandbox.StartWorker(Processors.Server, "records", port, profile),
            context.Sandbox.StartWorker(Processors.Load, load(port)),
            context.CancellationToken);
        try
        {
            await program.NextFromLoadAsync();
            while (await program.AskServerAsync("members") != receivers)
            {
                await Task.Delay(10, context.CancellationToken);
            }

            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the server do something.</summary>
    public async Task TellServerAsync(string command)
    {
        await _server.WriteLineAsync(command);
        await _server.ReadLineAsync(Patience, _stop);
    }

    /// <summary>Asks the server for a number.</summary>
    public async Task<double> AskServerAsync(string command)
    {
        await _server.WriteLineAsync(command);
        return double.Parse(await _server.ReadLineAsync(Patience, _stop), CultureInfo.InvariantCulture);
    }

    /// <summary>Asks the load for a number.</summary>
    public async Task<double> AskLoadAsync(string command)
    {
        await _load.WriteLineAsync(command);
        return double.Parse(await NextFromLoadAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>The next thing the load says.</summary>
    public Task<string> NextFromLoadAsync() => _load.ReadLineAsync(Patience, _stop);

    public async ValueTask DisposeAsync()
    {
        await _load.DisposeAsync();
        await _server.DisposeAsync();
    }
}
