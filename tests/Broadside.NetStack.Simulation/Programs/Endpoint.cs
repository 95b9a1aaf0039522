using Broadside.NetStack.Network;
using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Tcp;
using static Broadside.NetStack.Simulation.SimulationFailedException;

namespace Broadside.NetStack.Simulation.Programs;

/// <summary>One end of a connection: does what it draws, and checks that all it is told can be true.</summary>
internal sealed partial class Endpoint : ITcpUser
{
    private readonly World _world;
    private readonly Random _random;
    private readonly string _name;
    private TcpConnection _connection = null!;
    private Flow _flow;
    private bool _isEstablished;
    private bool _hasPeerClosed;
    private bool _hasAborted;

    public Endpoint(World world, Pair pair, SimulatedHost host, Random random)
    {
        _world = world;
        _random = random;
        Pair = pair;
        Host = host;
        _stepsLeft = world.IsFinishing ? 0 : random.Next(world.Scenario.LongestProgram + 1);
        _ending = DrawEnding();
        _sent = pair.StreamOf(host);
        _received = pair.StreamOf(pair.Other(host));
        _name = $"{host.Name}, pair {pair.Number}";
        pair.Endpoints.Add(this);
        world.Add(this);
    }

    public Pair Pair { get; }

    public SimulatedHost Host { get; }

    /// <summary>Whether its connection is over, or was left to the stack.</summary>
    public bool IsOver { get; private set; }

    private TimeSpan Now => _world.Clock.Now;

    public void Begin(TcpConnection connection)
    {
        _connection = connection;
        _flow = connection.Flow;
    }

    /// <summary>What never began ends at once.</summary>
    public void Fail()
    {
        IsOver = true;
        _world.Tally.NotOpened++;
    }

    public void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
    {
        Check(!IsOver, "was told of something after the end");
        Check(connection == _connection && connection.Flow == _flow, "was told of another connection");
        if ((events & TcpEvents.Established) != 0)
        {
            Check(!_isEstablished, "was established twice");
            _isEstablished = true;
            _world.Tally.Count("opened by both at once", Pair.Opening == Opening.Simultaneous ? 1 : 0);
        }

        TakeReleased();
        if ((events & TcpEvents.TargetFilled) != 0 && !_target.IsEmpty)
        {
            TakeTarget();
        }

        Check((events & TcpEvents.PeerClosed) == 0 || !_hasPeerClosed, "was told twice that the peer has closed");
        _hasPeerClosed |= (events & TcpEvents.PeerClosed) != 0;
        Read();
        if ((events & TcpEvents.Closed) != 0)
        {
            OnClosed();
        }
        else
        {
            Proceed();
        }
    }

    public override string ToString() =>
        $"{_name}: {_flow}, {_connection?.State}, {_given} given, {_connection?.UnacknowledgedLength} unacknowledged, "
        + $"{_connection?.UnsentLength} unsent, {_taken} received, {_connection?.ReadableLength} readable, peer closed: {_hasPeerClosed}, "
        + $"shut down: {_isShutDown}, steps left: {_stepsLeft}, ending: {_ending}, waits: {_waits}, reads: {_reads}";

    private void OnClosed()
    {
        CheckReason(_connection.CloseReason);
        _reads = true;
        if (!_target.IsEmpty)
        {
            TakeTarget();
        }

        Read();
        Check(_outstanding.Count == 0, $"did not get back {_outstanding.Count} batches before the end");
        _world.Tally.Count(_connection);
        _connection.Release();
        IsOver = true;
    }

    private void CheckReason(TcpCloseReason reason)
    {
        var isPlausible = reason switch
        {
            TcpCloseReason.Closed => _isShutDown && _hasPeerClosed && _connection.UnacknowledgedLength == 0,
            TcpCloseReason.Aborted => _hasAborted,
            TcpCloseReason.Refused => !_isEstablished,
            TcpCloseReason.PeerReset => _world.Record.ResetsSent(new Flow(_flow.Remote, _flow.RemotePort, _flow.Local, _flow.LocalPort)) > 0,
            _ => !_world.Scenario.IsCalm,
        };
        Check(isPlausible, $"ended for a reason that cannot be: {reason}; {this}");
    }

    private void Check(bool condition, string what)
    {
        if (!condition)
        {
            throw new SimulationFailedException($"{_name} ({_flow}) {what}.");
        }
    }
}
