using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Broadside.Channels;

/// <summary>
/// One thread on one core with listeners, connections, timers and work of its own, and nothing shared with any other: the narrow
/// waist between the records core and a transport (after MegaPipe's channels, OSDI'12).
/// </summary>
/// <remarks>
/// <para>A channel works in rounds: completions, work items and due timers first, then <see cref="Round"/>, then the operations all
/// of these produced are submitted together. All members are used on the channel's thread, except <see cref="Post"/>,
/// <see cref="RequestRound"/>, <see cref="Start"/>, <see cref="StopAsync"/> and the plain properties.</para>
/// <para>A backend derives from it: it calls <see cref="RunRound"/> from its loop and implements <see cref="Wake"/>.</para>
/// </remarks>
public abstract class IoChannel : IRoundHost
{
    private readonly TimerQueue _timers = new();
    private WorkQueue _work;
    private int _threadId;
    private volatile bool _stopped;

    /// <summary>Creates the channel.</summary>
    /// <param name="settings">What it is made with.</param>
    protected IoChannel(ChannelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Index = settings.Index;
        Arena = settings.Arena;
        Logger = settings.Logger;
        TimeProvider = settings.TimeProvider;
    }

    /// <summary>The channel's number within its engine, from 0.</summary>
    public int Index { get; }

    /// <summary>Where the channel's receive buffers come from.</summary>
    public Arena Arena { get; }

    /// <summary>The channel's clock.</summary>
    public TimeProvider TimeProvider { get; protected init; }

    /// <summary>What the channel has done.</summary>
    public ChannelCounters Counters { get; } = new();

    /// <summary>What channels of this kind have to tell besides <see cref="Counters"/>: the same figures on each of them.</summary>
    public virtual IReadOnlyList<ChannelInstrument> Instruments => [];

    /// <summary>Where faults are reported.</summary>
    public ILogger Logger { get; }

    /// <summary>What ends each round; set before <see cref="Start"/>.</summary>
    public IChannelRound? Round { get; set; }

    /// <summary>Whether the caller runs on the channel's thread.</summary>
    public bool IsOnThread => _threadId == Environment.CurrentManagedThreadId;

    /// <summary>The time now, as a timestamp of <see cref="TimeProvider"/>; read once a round, so that it costs nothing.</summary>
    public long Now { get; private set; }

    /// <summary>Whether the channel has stopped taking work.</summary>
    protected bool IsStopped => _stopped;

    /// <summary>When the soonest timer is due, as a timestamp; <see cref="long.MaxValue"/> without timers.</summary>
    protected long NextTimerDue => _timers.NextDue;

    /// <summary>Whether a round would find something to do at once.</summary>
    protected bool HasWork => !_work.IsEmpty || Round is { IsPending: true };

    /// <summary>Sets the channel running.</summary>
    public abstract void Start();

    /// <summary>Stops the channel: connections are aborted with <see cref="CloseReason.ChannelStopped"/>, work posted before has run when the task ends.</summary>
    public abstract Task StopAsync();

    /// <summary>Listens. Each channel that listens on the same endpoint has its own share of the connections.</summary>
    /// <param name="endPoint">Where; port 0 lets the system choose.</param>
    /// <param name="options">How.</param>
    /// <param name="acceptor">Who handles the connections.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The channel has stopped, or is stopping.</exception>
    public abstract ChannelListener Listen(EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor);

    /// <summary>Connects. <see cref="IConnectionHandler.OnConnected"/> or <see cref="IConnectionHandler.OnClosed"/> follows; aborting the connection cancels.</summary>
    /// <param name="endPoint">Where to; a <see cref="DnsEndPoint"/> is resolved by the caller, not here.</param>
    /// <param name="options">How.</param>
    /// <param name="handler">Who receives the connection's events.</param>
    /// <exception cref="InvalidOperationException">The channel has stopped, or is stopping.</exception>
    public abstract ChannelConnection Connect(EndPoint endPoint, ConnectOptions options, IConnectionHandler handler);

    /// <summary>Binds a datagram socket.</summary>
    /// <param name="endPoint">Where; port 0 lets the system choose.</param>
    /// <param name="options">How.</param>
    /// <param name="handler">Who receives the datagrams.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint cannot be bound.</exception>
    /// <exception cref="ArenaExhaustedException">There is no room for a batch of datagrams.</exception>
    /// <exception cref="InvalidOperationException">The channel has stopped, or is stopping.</exception>
    public abstract ChannelDatagramSocket BindDatagram(EndPoint endPoint, DatagramOptions options, IDatagramHandler handler);

    /// <summary>Has <paramref name="work"/> run on the channel's thread. From any thread; allocates nothing.</summary>
    /// <param name="work">What to do; posting it again before it runs does nothing.</param>
    /// <returns>False once the channel is stopping: the work will not run. True means that it will.</returns>
    public bool Post(ChannelWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return !_stopped && PostCompletion(work);
    }

    /// <summary>Has a round run soon. From any thread; cheap when one is under way.</summary>
    public void RequestRound()
    {
        if (!IsOnThread)
        {
            Wake();
        }
    }

    /// <summary>Awaited, brings asynchronous code to the channel's thread.</summary>
    public ChannelSwitch SwitchTo() => new(this);

    /// <summary>Schedules a timer, replacing its deadline if it had one.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="due">From now; zero or less means the next round.</param>
    public void Schedule(ChannelTimer timer, TimeSpan due)
    {
        ArgumentNullException.ThrowIfNull(timer);
        Debug.Assert(IsOnThread || _threadId == 0);
        _timers.Schedule(timer, TimeProvider.GetTimestamp() + ToTimestamp(due));
    }

    /// <summary>Cancels a timer; does nothing if it is not scheduled.</summary>
    /// <param name="timer">The timer.</param>
    public void Cancel(ChannelTimer timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        _timers.Cancel(timer);
    }

    /// <summary>A span of time in units of <see cref="Now"/>.</summary>
    /// <param name="span">The span.</param>
    public long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * TimeProvider.TimestampFrequency);

    /// <summary>Wakes the channel's thread if it sleeps. From any thread; calls between two rounds should cost one wake-up.</summary>
    protected abstract void Wake();

    /// <summary>Makes the calling thread the channel's.</summary>
    protected void EnterThread()
    {
        _threadId = Environment.CurrentManagedThreadId;
        Now = TimeProvider.GetTimestamp();
    }

    /// <summary>Ends what <see cref="EnterThread"/> began, where one thread serves several channels in turn.</summary>
    protected void LeaveThread() => _threadId = 0;

    /// <summary>
    /// Logs what an acceptor or a datagram handler threw, as the <c>Raise</c> members of <see cref="ChannelConnection"/> do for
    /// connections.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    protected void LogHandlerFault(Exception exception) => ChannelLog.HandlerFaulted(Logger, exception, Index);

    /// <summary>As <see cref="Post"/>, for what the transport itself has to say: also while the channel is stopping.</summary>
    /// <param name="work">What to do.</param>
    /// <returns>False once <see cref="SealWork"/> was called: the work will not run.</returns>
    protected internal bool PostCompletion(ChannelWork work)
    {
        if (!work.TryMarkPosted())
        {
            return true;
        }

        if (!_work.TryPush(work))
        {
            work.ClearPosted();
            return false;
        }

        RequestRound();
        return true;
    }

    /// <summary>Runs what work is left and takes no more, for good: the last thing a stopping channel does.</summary>
    protected void SealWork()
    {
        while (!_work.TrySeal())
        {
            Counters.CountRound(RunWork());
        }
    }

    /// <summary>Refuses further work; what was posted before still runs in the next round.</summary>
    protected void RefuseWork() => _stopped = true;

    /// <summary>Runs one round: work items posted so far, timers due, then <see cref="Round"/>.</summary>
    protected void RunRound()
    {
        Now = TimeProvider.GetTimestamp();
        Counters.CountRound(RunWork());
        RunTimers();
        EndRound();
    }

    private int RunWork()
    {
        var count = 0;
        for (var item = _work.TakeAll(); item is not null; count++)
        {
            var next = item.Next;
            item.Next = null;
            item.ClearPosted();
            try
            {
                item.Run();
            }
            catch (Exception exception)
            {
                ChannelLog.WorkFaulted(Logger, exception, Index);
            }

            item = next;
        }

        return count;
    }

    private void RunTimers()
    {
        while (_timers.TryTakeDue(Now, out var timer))
        {
            try
            {
                timer.OnDue();
            }
            catch (Exception exception)
            {
                ChannelLog.WorkFaulted(Logger, exception, Index);
            }
        }
    }

    private void EndRound()
    {
        if (Round is not { IsPending: true } round)
        {
            return;
        }

        try
        {
            round.OnRoundEnd();
        }
        catch (Exception exception)
        {
            ChannelLog.RoundFaulted(Logger, exception, Index);
        }
    }
}
