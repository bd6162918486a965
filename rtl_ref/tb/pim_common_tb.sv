// Self-checking bench of the common blocks for a plain Verilog simulator. The vectors come from pim_generate_vectors,
// that is, from the C++ kernels; they are looked for in the working directory.
module pim_common_tb;
  localparam int Vectors = 4096;

  integer mismatches;
  logic clk, rst_n;

  logic [15:0] exp2_vectors[0:65535];
  logic [15:0] t, exp2_y;
  pim_exp2 u_exp2 (
      .t_i(t),
      .y_o(exp2_y)
  );

  logic [63:0] sine_vectors[0:Vectors-1];
  logic [31:0] phase;
  logic [16:0] sine_y;
  pim_sine u_sine (
      .phase_i(phase),
      .y_o    (sine_y)
  );

  logic [127:0] round_vectors[0:Vectors-1];
  logic [63:0] x;
  logic [17:0] shift;
  logic [31:0] round_y;
  pim_round_sat32 u_round (
      .x_i    (x),
      .shift_i(shift),
      .y_o    (round_y)
  );

  logic [207:0] inverse_vectors[0:Vectors/16-1];
  logic norm, done;
  logic [79:0] squares;
  logic [31:0] eps, reciprocal;
  logic [16:0] count;
  logic [48:0] inverse_y;
  logic [17:0] share, at_edge;
  pim_alu_scalar u_scalar (
      .clk_i       (clk),
      .rst_ni      (rst_n),
      .norm_i      (norm),
      .squares_i   (squares),
      .eps_i       (eps),
      .count_i     (count),
      .inverse_o   (inverse_y),
      .softmax_i   (1'b0),
      .sum_i       (33'd0),
      .reciprocal_o(reciprocal),
      .share_i     (1'b0),
      .tokens_i    (18'd0),
      .segments_i  (8'd1),
      .share_o     (share),
      .edge_i      (1'b0),
      .lacking_i   (46'd0),
      .weight_i    (29'd1),
      .at_edge_o   (at_edge),
      .done_o      (done)
  );

  logic [143:0] logit_vectors[0:Vectors-1];
  logic [31:0] highest, logit;
  logic [15:0] multiplier, bound;
  logic [5:0] logit_shift;
  logic near, equal;
  logic [28:0] weight;
  pim_sample_lane u_logit (
      .clk_i       (clk),
      .enable_i    (3'b111),
      .used_i      (1'b1),
      .highest_i   (highest),
      .logit_i     (logit),
      .multiplier_i(multiplier),
      .shift_i     (logit_shift),
      .bound_i     (bound),
      .near_o      (near),
      .equal_o     (equal),
      .weight_o    (weight)
  );

  always #5 clk = !clk;

  integer i;
  initial begin
    $readmemh("exp2.hex", exp2_vectors);
    $readmemh("sine.hex", sine_vectors);
    $readmemh("round.hex", round_vectors);
    $readmemh("inverse.hex", inverse_vectors);
    $readmemh("logit.hex", logit_vectors);
    mismatches = 0;
    clk        = 1'b0;
    rst_n      = 1'b0;
    norm       = 1'b0;
    squares    = '0;
    eps        = '0;
    count      = 17'd1;
    @(negedge clk) rst_n = 1'b1;

    for (i = 0; i < 65536; i = i + 1) begin
      t = i[15:0];
      #1 if (exp2_y !== exp2_vectors[i]) mismatches = mismatches + 1;
    end
    for (i = 0; i < Vectors; i = i + 1) begin
      phase = sine_vectors[i][63:32];
      #1 if (sine_y !== sine_vectors[i][16:0]) mismatches = mismatches + 1;
    end
    for (i = 0; i < Vectors; i = i + 1) begin
      x     = round_vectors[i][127:64];
      shift = round_vectors[i][49:32];
      #1 if (round_y !== round_vectors[i][31:0]) mismatches = mismatches + 1;
    end
    for (i = 0; i < Vectors / 16; i = i + 1) begin
      @(negedge clk);
      squares = inverse_vectors[i][207:128];
      eps     = inverse_vectors[i][127:96];
      count   = inverse_vectors[i][80:64];
      norm    = 1'b1;
      @(negedge clk) norm = 1'b0;
      while (done !== 1'b1) @(negedge clk);
      if (inverse_y !== inverse_vectors[i][48:0]) mismatches = mismatches + 1;
    end
    for (i = 0; i < Vectors; i = i + 1) begin
      @(negedge clk);
      highest     = logit_vectors[i][143:112];
      logit       = logit_vectors[i][111:80];
      multiplier  = logit_vectors[i][79:64];
      logit_shift = logit_vectors[i][61:56];
      bound       = logit_vectors[i][55:40];
      repeat (3) @(negedge clk);
      if ({near, equal, weight} !== {logit_vectors[i][36], logit_vectors[i][32], logit_vectors[i][28:0]})
        mismatches = mismatches + 1;
    end
    if (mismatches == 0) $display("pim_common_tb: passed");
    else $display("pim_common_tb: %0d mismatches", mismatches);
    $finish;
  end
endmodule
