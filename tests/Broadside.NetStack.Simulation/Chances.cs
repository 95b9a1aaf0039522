namespace Broadside.NetStack.Simulation;

/// <summary>Draws that scenarios and programs are made of.</summary>
internal static class Chances
{
    extension(Random random)
    {
        public bool Chance(double probability) => random.NextDouble() < probability;

        public T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

        /// <summary>A number of any magnitude as likely as of any other.</summary>
        public int Magnitude(int least, int most) => (int)Math.Round(random.Magnitude((double)least, most));

        /// <summary>A time of any magnitude as likely as of any other.</summary>
        public TimeSpan Magnitude(TimeSpan least, TimeSpan most) =>
            TimeSpan.FromTicks((long)random.Magnitude((double)least.Ticks, most.Ticks));

        public TimeSpan Time(TimeSpan most) => TimeSpan.FromTicks((long)(random.NextDouble() * most.Ticks));

        private double Magnitude(double least, double most) => least * Math.Exp(random.NextDouble() * Math.Log(most / least));
    }
}
