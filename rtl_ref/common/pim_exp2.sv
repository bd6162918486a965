// exp2neg of docs/numerics.md: 2^-t, t in Q5.11, result Q1.15. 32 linear segments an octave. Combinational.
module pim_exp2 (
    input  logic [15:0] t_i,
    output logic [15:0] y_o
);
  logic [4:0] octave;
  logic [5:0] segment, rest;
  assign octave  = t_i[15:11];
  assign segment = {1'b0, t_i[10:6]};
  assign rest    = t_i[5:0];

  logic [15:0] here, next;
  pim_exp2_table u_here (
      .index_i (segment),
      .sample_o(here)
  );
  pim_exp2_table u_next (
      .index_i (segment + 6'd1),
      .sample_o(next)
  );

  // A segment falls by at most 702, so its part is below 702 * 63 + 32.
  logic [9:0] slope;
  logic [15:0] part, y;
  logic [31:0] doubled;
  assign slope   = 10'(here - next);
  assign part    = 16'(slope * rest) + 16'd32;
  assign y       = here - {6'd0, part[15:6]};
  assign doubled = {15'd0, y, 1'b0} >> octave;
  assign y_o     = doubled[16:1] + {15'd0, doubled[0]};
endmodule
