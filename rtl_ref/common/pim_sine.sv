// Sine of a phase in turns of 2^32, -32768..32768: a quarter wave of 256 linear segments. Combinational.
module pim_sine (
    input  logic        [31:0] phase_i,
    output logic signed [16:0] y_o
);
  localparam logic [30:0] QuarterTurn = 31'h40000000;

  logic [30:0] u;
  logic [ 8:0] index;
  logic [14:0] fraction;
  assign u        = phase_i[30] ? QuarterTurn - {1'b0, phase_i[29:0]} : {1'b0, phase_i[29:0]};
  assign index    = u[30:22];
  assign fraction = u[21:7];

  logic [16:0] here, next;
  pim_sine_table u_here (
      .index_i (index),
      .sample_o(here)
  );
  pim_sine_table u_next (
      .index_i (index + 9'd1),
      .sample_o(next)
  );

  // A quarter wave rises, by at most 201 a segment. At its end (index 256) the fraction is 0.
  logic [ 7:0] slope;
  logic [23:0] part;
  logic [16:0] magnitude;
  assign slope     = index[8] ? 8'd0 : 8'(next - here);
  assign part      = 24'(slope * fraction) + 24'd16384;
  assign magnitude = here + {8'd0, part[23:15]};
  assign y_o       = phase_i[31] ? -$signed(magnitude) : $signed(magnitude);
endmodule
